// Put into every file that is bundled: where it is. Neither is known in a program that is bundled again as a module.
export const __folder = typeof __dirname === "string" ? __dirname : "";
export const __file = typeof __filename === "string" ? __filename : "";
