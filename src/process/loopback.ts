/** An address of this machine that no other machine can send from or to (RFC 1122, RFC 4291). */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(address);
}
