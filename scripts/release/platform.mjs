/** The package with the binaries of one platform. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/step.mjs";

/** Writes it to a folder in `folder`, and returns its name. */
export function stagePlatform(folder, platform) {
  const name = `rawffi-${platform}`;
  const [os, cpu, libc] = platform.split("-");
  const target = join(folder, name);
  mkdirSync(target, { recursive: true });
  const source = join(root, "packages/rawffi/prebuilds", platform);
  const binaries = readdirSync(source).filter((file) => file.endsWith(".node"));
  for (const file of binaries) copyFileSync(join(source, file), join(target, file));
  for (const file of ["LICENSE", "THIRD-PARTY-NOTICES.md"]) copyFileSync(join(root, file), join(target, file));
  const { version, license, engines } = JSON.parse(readFileSync(join(root, "packages/rawffi/package.json"), "utf8"));
  const manifest = {
    name,
    version,
    description: `The binaries of rawffi for ${platform}`,
    license,
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    type: "commonjs",
    main: "./index.js",
    // Yarn keeps packages in archives, from which no binary can be loaded.
    preferUnplugged: true,
    files: ["index.js", "*.node", "THIRD-PARTY-NOTICES.md"],
  };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(target, "index.js"), indexOf(binaries));
  const text = `# ${name}\n\nThe binaries of [rawffi](https://www.npmjs.com/package/rawffi) for ${platform}. Install that.\n`;
  writeFileSync(join(target, "README.md"), text);
  return name;
}

/** Names each file in a call of `require`, for bundlers: see packages/rawffi/src/platforms.ts. */
function indexOf(binaries) {
  const abis = binaries.map((file) => /^rawffi-v8-(\d+)\.node$/.exec(file)?.[1]).filter(Boolean);
  const parts = abis.map((abi) => `  ${abi}: () => require("./rawffi-v8-${abi}.node"),\n`);
  return `exports.addon = () => require("./rawffi.node");\nexports.v8Parts = {\n${parts.join("")}};\n`;
}
