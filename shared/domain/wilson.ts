/** Where a share of `n` lies (Wilson's interval at 95 %, JASA 1927). */
export const wilson = (share: number, n: number): { low: number; high: number } => {
  const z = 1.96;
  const middle = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const at = (value: number): number => Math.max(0, Math.min(1, value / (1 + (z * z) / n)));
  return { low: at(middle - spread), high: at(middle + spread) };
};
