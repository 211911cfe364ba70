/** What the packages hold that are published, and what their manifests say. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { PLATFORMS } from "../packages/rawffi/src/platforms.ts";
import { knownPlatforms } from "../scripts/release/stage.mjs";
import { binaries, filesOf, manifestOf, pack, packages, packed, project, root, run, staged } from "./packed/packed.ts";

pack();

describe("each packed package", () => {
  test("these are all packages that are published", () => {
    assert.deepEqual([...packages, binaries].sort(), [...packed.keys()].sort());
    const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "package.json"));
    for (const file of folders) {
      assert.equal(JSON.parse(readFileSync(file, "utf8")).private, true, `${file}: only what is staged is published`);
    }
  });

  test("the license is the one that the manifests name, and the notices hold that of libffi", () => {
    assert.match(readFileSync(join(root, "LICENSE"), "utf8"), /^MIT License\n/);
    for (const name of packages) assert.equal(manifestOf(name).license, "MIT");
    const notices = readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8");
    assert.match(notices, /^libffi - Copyright \(c\) 1996-\d+ {2}Anthony Green, Red Hat, Inc and others\.$/m);
    assert.match(notices, /The above copyright notice and this permission notice shall be\nincluded in all copies/);
  });

  for (const name of packages) {
    test(`${name} holds its code and declarations, no tests and no sources of the native part`, () => {
      const paths = filesOf(name);
      assert.ok(paths.includes("dist/index.js") && paths.includes("dist/index.d.ts"), paths.join("\n"));
      for (const path of paths.filter((path) => path.endsWith(".map"))) {
        const map = JSON.parse(readFileSync(join(staged(), name, path), "utf8"));
        const sources: string[] = map.sources.map((source: string) => join(path, "..", map.sourceRoot ?? "", source));
        // Those of a bundle's own entry and links are nobody's.
        const missing = sources.filter((source) => source.startsWith("src/") && !/\.entry\.ts$/.test(source));
        assert.deepEqual(
          missing.filter((source) => !paths.includes(source)),
          [],
          path,
        );
      }
      assert.deepEqual(
        paths.filter((path) => /^native\/|(^|\/)(test|binding\.gyp|.*\.test\.\w+|.*\.tsbuildinfo)(\/|$)/.test(path)),
        [],
      );
    });

    test(`${name} holds the license and the notices of what is linked into rawffi, as the repository has them`, () => {
      for (const notice of ["LICENSE", "THIRD-PARTY-NOTICES.md"]) {
        assert.ok(filesOf(name).includes(notice), `${notice} is not packed: add it to "files"`);
        const text = readFileSync(join(root, notice), "utf8");
        const copy = readFileSync(join(staged(), name, notice), "utf8");
        assert.equal(copy, text, `${notice} of ${name} differs: cp ${notice} to its folder`);
      }
    });

    test(`no string of ${name} goes on in the next line, which a bundler may indent`, () => {
      for (const path of filesOf(name).filter((path) => /\.[cm]?js$/.test(path)))
        assert.doesNotMatch(readFileSync(join(staged(), name, path), "utf8"), /(?<!\\)\\$/m, path);
    });

    test(`${name} runs nothing when installed`, () => {
      const manifest = manifestOf(name);
      const hooks = ["preinstall", "install", "postinstall", "prepare"];
      assert.deepEqual(
        hooks.filter((hook) => hook in (manifest.scripts ?? {})),
        [],
      );
      // npm runs node-gyp for a binding.gyp unless this says otherwise.
      assert.ok(!filesOf(name).includes("binding.gyp"));
    });

    test(`links in ${name} lead to what it holds, or to an address`, () => {
      const pages = filesOf(name).filter((path) => path.endsWith(".md"));
      for (const page of pages) {
        const text = readFileSync(join(staged(), name, page), "utf8").replace(/```.*?```|`[^`]*`/gs, "");
        for (const [, target] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
          const isThere =
            /^https?:/.test(target as string) || existsSync(join(staged(), name, page, "..", target as string));
          assert.ok(isThere, `${page}: ${target}`);
        }
      }
    });

    test(`${name} exports only files that it holds, says what it is, and names its commands`, () => {
      const manifest = manifestOf(name);
      const targets = [
        ...pathsIn(manifest.exports),
        ...pathsIn(manifest.typesVersions ?? {}),
        ...Object.values<string>(manifest.bin ?? {}),
        "README.md",
      ];
      assert.deepEqual(
        targets.filter((path) => !filesOf(name).includes(path.replace("./", ""))),
        [],
      );
    });
  }

  test("the package of a platform holds the native part, the V8 part for this Node, and what they are used under", () => {
    const wanted = ["rawffi.node", `rawffi-v8-${process.versions.modules}.node`, "index.js", "LICENSE"];
    for (const path of [...wanted, "README.md", "THIRD-PARTY-NOTICES.md", "package.json"])
      assert.ok(filesOf(binaries).includes(path), `${path} is not among\n${filesOf(binaries).join("\n")}`);
    const { os, cpu, libc, scripts, version } = manifestOf(binaries);
    assert.deepEqual([os, cpu, scripts], [[process.platform], [process.arch], undefined]);
    if (process.platform === "linux") assert.ok(libc.length === 1 && binaries.endsWith(`-${libc[0]}`));
    assert.deepEqual(manifestOf("rawffi").optionalDependencies, { [binaries]: version });
  });

  for (const name of [...packages, binaries]) {
    test(`publint and @arethetypeswrong/cli find nothing in ${name}, in any resolution mode`, async () => {
      const tarball = join(project, packed.get(name)?.filename as string);
      const { messages, pkg } = await publint({ pack: { tarball: arrayOf(tarball) }, strict: true });
      assert.deepEqual(
        messages.map((message) => formatMessage(message, pkg)),
        [],
      );
      // It fails with a table of its own for what it finds; the binaries have no types.
      const said = run(process.execPath, [ATTW, tarball, "--no-color", "--no-emoji"], project);
      assert.match(said, name === binaries ? /does not contain types/ : /No problems found/);
    });
  }

  test("every platform that rawffi looks for is in its list", () => {
    assert.deepEqual(knownPlatforms(), [...PLATFORMS]);
  });
});

const ATTW = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");

function arrayOf(file: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

/** All paths in a nest of records and lists. */
function pathsIn(value: unknown): string[] {
  return typeof value === "string" ? [value] : Object.values(value as object).flatMap(pathsIn);
}
