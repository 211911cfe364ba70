/** A name is exported once inside a package: two concepts of one name are one too many. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, trackedFiles } from "./sources/files.ts";

/** Not yet: ctypes-configure. And ctypes-sqlite has three faces, whose users expect the same names of each. */
const PACKAGES = /^packages\/(ctypes|libclang|rawffi)\/src\/.*\.ts$/;

/** Peers with one interface, an entry whose names are C's operators, and declarations beside what calls them. */
const MAY_REPEAT = /\/stubs\/\w+\/|\/types\/arithmetic\.ts$|^packages\/libclang\/src\/functions\.ts$/;

test("no name is declared and exported twice inside a package", () => {
  const placesOf = new Map<string, Set<string>>();
  for (const file of trackedFiles(PACKAGES).filter((path) => !MAY_REPEAT.test(path))) {
    const [, name] = file.split("/");
    const source = readFileSync(join(root, file), "utf8");
    const pattern =
      /^export (?:declare )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|type|interface) (\w+)/gm;
    for (const [, exported] of source.matchAll(pattern)) {
      const key = `${name}: ${exported}`;
      placesOf.set(key, (placesOf.get(key) ?? new Set()).add(file));
    }
  }
  assert.ok(placesOf.size > 300, `only ${placesOf.size} exports found`);
  const twice = [...placesOf].filter(([, places]) => places.size > 1);
  assert.deepEqual(
    twice.map(([key, places]) => `${key} in ${[...places].join(" and ")}`),
    [],
  );
});
