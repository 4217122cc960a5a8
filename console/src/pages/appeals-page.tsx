export function AppealsPage() {
  return null;
}
