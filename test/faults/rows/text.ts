/** Fonts and text of ctypes-pyglet: files that are broken. */
import type { Row } from "../row.ts";

export const textRows: readonly Row[] = [
  {
    id: "font-broken",
    when: "a font file is empty, no font, or cut off in the middle of its tables",
    program: `import { font } from "ctypes-pyglet";
      const header = Buffer.alloc(200); header.writeUInt32BE(0x00010000, 0); header.writeUInt16BE(9, 4);
      for (const bytes of [new Uint8Array(0), new Uint8Array(100).fill(65), header]) attempt(() => font.add_file(bytes));
      attempt(() => font.load(null, -1));`,
    stdout:
      /^FontException: a font of 0 bytes is no font\nFontException: a font of 100 bytes cannot be read: FreeType reports [a-z ]+\nFontException: a font of 200 bytes cannot be read: FreeType reports [a-z ]+\nFontException: font\.load\(\): size: expected points above 0 and up to 10000, got -1$/,
  },
];
