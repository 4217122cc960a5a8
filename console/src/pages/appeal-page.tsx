export function AppealPage({ link }: { link: string }) {
  return <main>{link}</main>;
}
