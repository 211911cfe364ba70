/** The errors that end native code. */

import type { Address } from "./types.ts";

/** An access to memory that is not there or cannot be written, or a fault in a guarded call. */
export class MemoryFaultError extends Error {
  readonly code = "ERR_MEMORY_FAULT";
  override readonly name = "MemoryFaultError";
  /** Where it was. */
  readonly address: Address;
  constructor(message: string, address: Address) {
    super(message);
    this.address = address;
  }
}

/** An exception of C++: `std::runtime_error: no such file`. */
export class CppError extends Error {
  readonly code = "ERR_CPP_EXCEPTION";
  override readonly name = "CppError";
  /** The name of its type, as C++ has it. */
  readonly type: string;
  constructor(type: string, what: string | null) {
    super(what === null ? type : `${type}: ${what}`);
    this.type = type;
  }
}
