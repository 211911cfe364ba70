/**
 * What comes out of measuring: plain numbers and texts, which can be kept as JSON. Types only.
 */

/** Number where it is exact, else bigint. */
export type Integer = number | bigint;

export interface TypeFact {
  readonly size: number;
  /** ctypes' letter of the type when it is a number or `_Bool`; else "". A plain `char` has the letter of its sign. */
  readonly code: string;
  /** Where it is asked for. */
  readonly align?: number;
}

export interface MemberFact extends TypeFact {
  /** In bytes from the start; of a bit-field, the byte of its first bit. */
  readonly offset: number;
  /** Of an array: its items, and how many; a flexible one has none. */
  readonly item?: TypeFact & { readonly length: number };
  /**
   * Of a bit-field: its first bit, counted from the start of the structure in the order of the machine, and whether it
   * is signed.
   */
  readonly bits?: { readonly offset: number; readonly width: number; readonly isSigned: boolean };
}

export type ByteOrder = "little-endian" | "big-endian";

export interface StructFact {
  readonly size: number;
  readonly align: number;
  readonly members: Readonly<Record<string, MemberFact>>;
  /** Where it is asked for. */
  readonly byteOrder?: ByteOrder;
}

export interface EnumFact extends TypeFact {
  readonly values: Readonly<Record<string, Integer>>;
}
