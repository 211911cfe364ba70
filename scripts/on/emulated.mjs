/**
 * The packages on Linux for a processor without stubs of our own, in a user-mode emulator: the addon is cross-compiled
 * with the libffi of a release, through which every call goes. The tests run on that processor's Node, from npm or, for
 * riscv64, from Debian. Installs the compiler and the emulator from Debian; all else is kept in node_modules/.cache.
 * The emulator is some fifty times slower than the machine.
 *
 *     npm run test:on -- riscv64             the contract of rawffi and the tests of ctypes; so with ppc64le
 *     npm run test:on -- riscv64 contract    only the test files whose path has that word
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { emulated } from "../setup/emulator.mjs";
import { root, run, SetupError } from "../setup/step.mjs";
import { copyWorkspace } from "../setup/workspace.mjs";

const PARTS = ["rawffi/test/contract", "rawffi/test/table", "rawffi/test/libffi", "packages/ctypes/test"];

const [arch, ...words] = process.argv.slice(2);

try {
  const { node, compiler, libffi, env } = emulated(arch);
  const place = join(root, "node_modules/.cache/emulated", arch, "workspace");
  copyWorkspace(place);
  // The V8 part is for processors that have stubs.
  const building = { ...env, CXX: compiler, LIBFFI: libffi, NODE_HEADERS: "/nowhere" };
  console.log(run(node("20"), ["packages/rawffi/native/build.mjs"], { cwd: place, env: building }).trim());
  const compile = 'import("./scripts/setup/build.mjs").then((build) => build.buildFixtures())';
  run(process.execPath, ["-e", compile], { cwd: place, env });
  const tests = ["scripts/test.mjs", ...(words.length > 0 ? words : PARTS)];
  process.exitCode = spawnSync(node("20"), tests, { cwd: place, env, stdio: "inherit" }).status ?? 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
