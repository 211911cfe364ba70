/** How a stub takes its stack frame. */
import { type Assembler, GPR } from "../sysv/assembler.ts";

const { rax, rsp } = GPR;

const PAGE = 4096;
/** More than a thread's whole stack has by default. */
const LARGEST = 4 * 1024 * 1024;

/**
 * rsp -= `byteLength`, and then down to a multiple of `align`; false when no stack is that large. Destroys nothing but
 * rax.
 *
 * The system grows a stack by one page, when the page below the last one is touched: so each page is, in that order
 * (as `__chkstk` does).
 */
export function reserve(asm: Assembler, byteLength: number, align: number): boolean {
  const most = byteLength + align;
  if (most > LARGEST) return false;
  for (let at = PAGE; at < most; at += PAGE) asm.load(4, rax, rsp, -at);
  asm.subtract(rsp, byteLength);
  if (align > 16) asm.and(rsp, -align);
  return true;
}
