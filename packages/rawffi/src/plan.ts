/**
 * Signatures, checked, named and described.
 *
 * `node-api.ts` uses all of it, the double only the checks; nothing here knows registers or the addon.
 */
import { FRAME } from "./frame.ts";
import { own } from "./own.ts";
import type { Abi, FfiScalar, FfiType } from "./stubs/abi.ts";
import { isWide, WIDE_SCALARS } from "./stubs/slots.ts";
import { AGGREGATE_CODE, SCALAR_CODES } from "./table.ts";
import type { RawType, ScalarType, Signature } from "./types.ts";

const NARROW_SCALARS: ReadonlySet<string> = new Set<ScalarType>([
  "bool",
  "sint8",
  "uint8",
  "sint16",
  "uint16",
  "sint32",
  "uint32",
  "sint64",
  "uint64",
  "pointer",
  "float",
  "double",
]);

// -- Own properties --------------------------------------------------------------------------------

/** A copy of `signature` with its own properties, each read once: a getter may return something else the next time. */
export function ownSignature(signature: Signature): Signature {
  const read = own(signature);
  const parameters = Array.from(read.parameters, ownType);
  return own({ ...read, result: ownType(read.result), parameters });
}

function ownType(type: RawType): RawType {
  if (typeof type === "string") return type;
  const read = own(type);
  return own({ ...read, leaves: Array.from(read.leaves, own) });
}

// -- Checks ----------------------------------------------------------------------------------------

/** @throws TypeError for a signature that no implementation can call, or be called by. */
export function checkSignature(signature: Signature, role: "call" | "closure" = "call"): void {
  const { parameters, fixed } = signature;
  if (parameters.length > FRAME.MAX_ARGUMENTS) {
    throw new TypeError(`a C function can have ${FRAME.MAX_ARGUMENTS} arguments here, got ${parameters.length}`);
  }
  if (fixed !== undefined && !(Number.isInteger(fixed) && fixed >= 0 && fixed <= parameters.length)) {
    throw new TypeError(
      `a function with ${parameters.length} arguments cannot have ${fixed} of them in front of '...'`,
    );
  }
  if (signature.throws && signature.guarded) {
    throw new TypeError(
      "a function cannot be guarded and throw: leaving it by a fault runs none of the handlers of C++",
    );
  }
  parameters.forEach((type, i) => {
    if (type !== "number" || role === "closure") checkType(type, `argument ${i + 1}`);
  });
  if (signature.result !== "void") checkType(signature.result, "the result");
}

function checkType(type: RawType, where: string): void {
  if (typeof type === "string") {
    if (!NARROW_SCALARS.has(type) && !WIDE_SCALARS.has(type))
      throw new TypeError(`${where} cannot be of type '${type}'`);
    return;
  }
  const { size, align } = type;
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError(`${where}: no aggregate has ${size} bytes`);
  if (!(align > 0 && align <= 0x8000 && (align & (align - 1)) === 0)) {
    throw new TypeError(`${where}: an alignment is a power of two up to 32768, got ${align}`);
  }
}

// -- Names -----------------------------------------------------------------------------------------

/** The key of prepared signatures: the same text for equal signatures, whatever their `errno`. */
export function signatureKey(signature: Signature): string {
  const parameters = signature.parameters.map(typeKey).join();
  return `${typeKey(signature.result)}(${parameters})${signature.fixed ?? ""}`;
}

function typeKey(type: RawType): string {
  if (typeof type === "string") return type;
  const leaves = type.leaves.map((leaf) => `${leaf.type}@${leaf.offset}*${leaf.count ?? 1}`);
  return `{${type.size}/${type.align}/${type.memberAlign ?? type.align}:${leaves.join()}}`;
}

// -- Descriptions for libffi -----------------------------------------------------------------------

/** `signature` in the numbers that `native/plan.cc` reads; its first lines show the format. */
export function describe(signature: Signature, abi: Abi): Float64Array {
  const { result, parameters, fixed } = signature;
  const passed = abi.lowerParameters(signature);
  const passedFixed = fixed === undefined ? -1 : passed.filter(({ slot }) => slot < fixed).length;
  const description = [passedFixed];
  describeType(description, abi.lowerResult(result));
  description.push(Number(isWide(result)), parameters.length, passed.length);
  for (const { slot, isWide, isReference, isNumber, type } of passed.map(own)) {
    description.push(slot, isReference ? 2 : isNumber ? 3 : Number(isWide));
    describeType(description, type);
  }
  return Float64Array.from(description);
}

function describeType(description: number[], type: FfiScalar | FfiType): void {
  if (typeof type === "string") {
    description.push(SCALAR_CODES[type]);
    return;
  }
  description.push(AGGREGATE_CODE, type.size, type.align, type.elements.length);
  for (const element of type.elements) describeType(description, element);
}

/** The message for a fault that `Abi.libffiFault` reports. */
export function libffiFaultMessage(fault: string, version: number): string {
  const parts = [Math.floor(version / 10000), Math.floor(version / 100) % 100, version % 100];
  const name = version === 0 ? "libffi (before 3.5)" : `libffi ${parts.join(".")}`;
  return `${name} calls this signature wrongly, and there is no machine code of our own for it here: ${fault}`;
}
