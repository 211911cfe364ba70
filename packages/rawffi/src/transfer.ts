/** Buffers whose memory must not go anywhere. */
import { workerThreads } from "./environment.ts";

/** Has all ways to transfer a buffer refused, with this message where it is ours to give. */
export function forbidTransfer(buffer: ArrayBuffer, message: string): void {
  // Two grounds on one addon have the same frame.
  if (Object.hasOwn(buffer, "transfer")) return;
  // Node then copies the buffer, or from version 21 on refuses; not every runtime has this function.
  workerThreads().markAsUntransferable?.(buffer);
  const value = (): never => {
    throw new TypeError(message);
  };
  for (const name of ["transfer", "transferToFixedLength"]) Object.defineProperty(buffer, name, { value });
}
