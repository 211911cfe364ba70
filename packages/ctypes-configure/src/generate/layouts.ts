/**
 * What ctypes makes of a type's size and alignment, so that a member can be planned before its class is there.
 */
import * as ctypes from "ctypes-js";
import type { Place } from "../layout/plan.ts";
import type { Member, Type } from "./ir.ts";

export interface SizeAndAlign {
  readonly size: number;
  readonly align: number;
}

/** The simple type of that name. @throws RangeError when ctypes has none. */
export function simpleType(name: string): ctypes.TypeOf {
  const type = (ctypes as unknown as Record<string, ctypes.TypeOf | undefined>)[name];
  if (type === undefined) throw new RangeError(`ctypes has no type ${name}`);
  return type;
}

/**
 * Size and alignment of a type; `recordOf` knows the module's own structures, and what is no structure there is a
 * typedef.
 */
export function layoutOf(type: Type, named: (name: string) => SizeAndAlign | undefined): SizeAndAlign {
  switch (type.kind) {
    case "simple":
    case "enum": {
      const found = simpleType(type.kind === "enum" ? type.integer : type.name);
      return { size: ctypes.sizeof(found), align: ctypes.alignment(found) };
    }
    case "array": {
      const { size, align } = layoutOf(type.of, named);
      return { size: size * type.length, align };
    }
    case "named": {
      const found = named(type.name);
      if (found === undefined) throw new RangeError(`the size of ${type.name} is not known`);
      return found;
    }
    default:
      return { size: ctypes.sizeof(ctypes.c_void_p), align: ctypes.alignment(ctypes.c_void_p) };
  }
}

/** A member as the plan of its structure sees it. */
export function placeOf(member: Member, named: (name: string) => SizeAndAlign | undefined): Place {
  const { name, bitOffset } = member;
  const place = { name, bitOffset, ...layoutOf(member.type, named) };
  if (member.width === null) return place;
  return { ...place, width: member.width, type: simpleType(integerOf(member.type)) };
}

/** The integer type that a bit-field is declared with: a member of a bit-field has it without its typedef. */
export function integerOf(type: Type): string {
  if (type.kind === "enum") return type.integer;
  if (type.kind !== "simple") throw new RangeError(`a bit-field of a ${type.kind} type`);
  return type.name === "c_char" ? "c_byte" : type.name;
}
