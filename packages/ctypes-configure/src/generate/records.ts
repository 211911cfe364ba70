/**
 * How a structure or union is laid out: its members as C places them, and how ctypes is to declare them so that they
 * stand there.
 */

import type { Cursor } from "ctypes-libclang";
import { type Plan, planOf, type Whole } from "../layout/plan.ts";
import type { ByteOrders } from "./byteorder.ts";
import type { Member, Type } from "./ir.ts";
import { layoutOf, placeOf, type SizeAndAlign } from "./layouts.ts";
import { memberName } from "./names.ts";
import { type Naming, wordOf } from "./naming.ts";
import { placeInHeader } from "./place.ts";
import { type Needs, typeOf, UnsupportedType } from "./types.ts";

export interface LaidOut {
  readonly members: readonly Member[];
  readonly plan: Plan;
  /** Why there are no members, but bytes; null where there are. */
  readonly reason: string | null;
}

/** What is known of sizes and alignments, by the names of the module. */
export class Records {
  readonly #naming: Naming;
  readonly #needs: Needs;
  readonly #byteOrders: ByteOrders;
  readonly #commentOf: (cursor: Cursor) => string | null;
  readonly #layouts = new Map<string, SizeAndAlign>();
  readonly #typedefs = new Map<string, Type>();

  constructor(naming: Naming, needs: Needs, byteOrders: ByteOrders, commentOf: (cursor: Cursor) => string | null) {
    this.#naming = naming;
    this.#needs = needs;
    this.#byteOrders = byteOrders;
    this.#commentOf = commentOf;
  }

  /** A typedef has the size of what it is a name for. */
  addTypedef(name: string, type: Type): void {
    this.#typedefs.set(name, type);
  }

  /** The members and how they are declared; a structure that cannot be declared has its bytes, and no members. */
  layOut(cursor: Cursor, name: string, whole: Whole): LaidOut {
    const laidOut = this.#laidOut(cursor, name, whole);
    this.#layouts.set(name, { size: whole.size, align: whole.align });
    return laidOut;
  }

  #laidOut(cursor: Cursor, name: string, whole: Whole): LaidOut {
    const cName = this.#naming.cNameOf(cursor) || name;
    const order = this.#byteOrders.foreignOrderOf(cursor);
    if (order !== null)
      return { members: [], plan: planOf(cName, whole, []), reason: `scalar_storage_order makes them ${order}` };
    try {
      const members = this.#membersOf(cursor, name);
      const places = members.map((member) => placeOf(member, this.#layoutOf));
      return { members, plan: planOf(cName, whole, places), reason: null };
    } catch (error) {
      return { members: [], plan: planOf(cName, whole, []), reason: (error as Error).message };
    }
  }

  readonly #layoutOf = (name: string): SizeAndAlign | undefined => {
    const typedef = this.#typedefs.get(name);
    return this.#layouts.get(name) ?? (typedef && layoutOf(typedef, this.#layoutOf));
  };

  #membersOf(record: Cursor, owner: string): Member[] {
    const members: Member[] = [];
    for (const field of record.type.get_fields()) {
      const isBits = field.is_bitfield();
      const word = wordOf(field);
      if (word === "" && isBits) continue; // padding
      const cName = word === "" ? `_anonymous${members.length}` : word;
      this.#naming.suggest(field.type, `${owner}_${cName.replace(/^_/, "")}`);
      const known = isBits ? this.#bitsType(field) : this.#memberType(field);
      const type = known ?? bytesOf(field);
      members.push({
        name: memberName(cName),
        cName,
        type,
        bitOffset: field.get_field_offsetof(),
        width: isBits ? field.get_bitfield_width() : null,
        isAnonymous: word === "" && known !== null,
        isBytes: known === null,
        place: placeInHeader(field),
        comment: this.#commentOf(field),
      });
    }
    return members;
  }

  /** Null for what ctypes has no type for, and for what stays opaque. */
  #memberType(field: Cursor): Type | null {
    try {
      const type = typeOf(field.type, this.#needs);
      return layoutOf(type, this.#layoutOf).size === sizeOf(field) ? type : null;
    } catch (error) {
      if (error instanceof UnsupportedType || error instanceof RangeError) return null;
      throw error;
    }
  }

  /** The integer itself, whatever typedefs call it. */
  #bitsType(field: Cursor): Type {
    return typeOf(field.type.get_canonical(), this.#needs);
  }
}

// -- Private ---------------------------------------------------------------------------------------

/** A flexible array has no size. */
function sizeOf(field: Cursor): number {
  return Math.max(field.type.get_size(), 0);
}

function bytesOf(field: Cursor): Type {
  return { kind: "array", of: { kind: "simple", name: "c_ubyte" }, length: sizeOf(field) };
}
