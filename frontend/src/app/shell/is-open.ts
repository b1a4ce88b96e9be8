/** Whether a page may be read by people who are not signed in: the help, which tells how to. */
export function isOpen(pathname: string): boolean {
  return pathname === "/help" || pathname.startsWith("/help/");
}
