/**
 * Structures whose bytes are in another order than the machine's: gcc's attribute and pragma `scalar_storage_order`.
 * clang knows neither, so the attribute is made one that it keeps, and the pragma is found where clang warns of it.
 */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";
import { type Cursor, CursorKind, type TranslationUnit } from "ctypes-libclang";

const MARK = "scalar_storage_order=";

/** What makes clang keep the attribute. */
export const BYTE_ORDER_FLAGS = [
  ...["scalar_storage_order", "__scalar_storage_order__"].map((name) => `-D${name}(x)=annotate("${MARK}" x)`),
  "-Wunknown-pragmas",
  "-Wsystem-headers",
];

/** A pragma, and the order from there on; null for the machine's. */
interface Pragma {
  readonly line: number;
  readonly order: string | null;
}

export class ByteOrders {
  readonly #pragmas = new Map<string, Pragma[]>();

  constructor(unit: TranslationUnit) {
    for (const { location, spelling } of unit.diagnostics) {
      const file = location.file?.name;
      if (file === undefined || !spelling.includes("unknown pragma")) continue;
      const text = readFileSync(file, "utf8").split("\n")[location.line - 1] ?? "";
      const order = /scalar_storage_order\W+([\w-]+)/.exec(text)?.[1];
      if (order === undefined) continue;
      const own = this.#pragmas.get(file) ?? [];
      this.#pragmas.set(file, [...own, { line: location.line, order: order === "default" ? null : order }]);
    }
  }

  /** The order of a structure's bytes, where it is not the machine's: `"big-endian"`; else null. */
  foreignOrderOf(record: Cursor): string | null {
    const attribute = record
      .get_children()
      .find((child) => child.kind === CursorKind.ANNOTATE_ATTR && child.spelling.startsWith(MARK));
    const order = attribute?.spelling.slice(MARK.length) ?? this.#pragmaAt(record);
    return order === (endianness() === "LE" ? "little-endian" : "big-endian") ? null : order;
  }

  #pragmaAt({ location }: Cursor): string | null {
    const pragmas = this.#pragmas.get(location.file?.name ?? "") ?? [];
    return pragmas.findLast(({ line }) => line < location.line)?.order ?? null;
  }
}
