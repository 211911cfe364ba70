/** Stands for tsx in the tests on Windows: TypeScript was compiled before, to files of the same names. */
import { register } from "node:module";

register("./hook.mjs", import.meta.url);
