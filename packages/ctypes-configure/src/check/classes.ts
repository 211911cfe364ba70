/**
 * Classes of ctypes as a check sees them: their members, and what kind of number they are.
 */
import { field, type TypeOf } from "ctypes-js";
import { letterOf } from "../configure/simple.ts";
import type { Hint } from "../measure/entry.ts";
import type { TypeFact } from "../measure/facts.ts";

export type AnyClass = TypeOf & { readonly _fields_?: Readonly<Record<string, unknown>> };

export function isClass(value: unknown): value is AnyClass {
  return typeof value === "function" && ("_fields_" in value || "_type_" in value);
}

export interface MemberOfClass {
  readonly name: string;
  readonly hint: Hint;
  readonly offset: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly size: number;
  /** ctypes' letter of the type or of an array's items. */
  readonly letter: string | null;
}

/** The members that C can name: those of anonymous members are its own, and padding has no name there. */
export function membersOf(type: AnyClass, known: ReadonlySet<string> | null): MemberOfClass[] {
  const found: MemberOfClass[] = [];
  const visit = (inner: AnyClass): void => {
    for (const name of Object.keys(inner._fields_ ?? {})) {
      const own = field(inner, name as never);
      if (own.is_anonymous) visit(own.type as AnyClass);
      else if (!/^_+\d+$/.test(name) || known?.has(name)) found.push(describe(type, name));
    }
  };
  visit(type);
  return found;
}

/** What both say of a number: signed, unsigned or float. Null where one of them has no number. */
export function kindsOf(letter: string | null, fact: TypeFact): [module: string, headers: string] | null {
  const [own, other] = [kindOf(letter ?? ""), kindOf(fact.code)];
  // A `char` is what each machine has for it, and a character to us.
  return own === null || other === null ? null : [own, other];
}

export function kindOf(letter: string): string | null {
  if (letter === "") return null;
  if ("bhilq".includes(letter)) return "signed";
  if ("BHILQ".includes(letter)) return "unsigned";
  return "fdg".includes(letter) ? "float" : letter === "?" ? "bool" : null;
}

// -- Private ---------------------------------------------------------------------------------------

function describe(type: AnyClass, name: string): MemberOfClass {
  const { type: own, offset, bit_offset, bit_size, is_bitfield, byte_size } = field(type, name as never);
  const item =
    (own as { _length_?: number })._length_ === undefined ? own : (own as unknown as { _type_: TypeOf })._type_;
  const hint = is_bitfield ? ({ type: own, width: bit_size } as Hint) : own;
  return { name, hint, offset, bitOffset: bit_offset, bitSize: bit_size, size: byte_size, letter: letterOf(item) };
}
