/** The names of environment variables that a source reads: TypeScript, JavaScript, C, Python or Lua. */
export function variablesReadBy(source: string): string[] {
  const found = new Set<string>();
  const member = /\bprocess\s*\??\.\s*env\s*(?:\?\.|\.)\s*([A-Za-z_]\w*)/g;
  const item = /\b(?:process\??\.env(?:\?\.)?|environ)\[\s*["'](\w+)["']\s*\]/g;
  const call = /\b(?:(?:secure_)?getenv|environ\.get|environmentVariable)\(\s*["'](\w+)["']/g;
  // The emulator's library, in C, which also takes it away.
  const taken = /\btake\("([A-Z_]+)", /g;
  for (const pattern of [member, item, call, taken]) {
    for (const [, name] of source.matchAll(pattern)) found.add(name as string);
  }
  for (const [, names] of source.matchAll(/\{([^{}]*)\}\s*=\s*process\.env\b/g)) {
    for (const part of (names as string).split(",")) {
      const name = /^\s*(\w+)/.exec(part)?.[1];
      if (name !== undefined) found.add(name);
    }
  }
  // ["A", "B"].flatMap((variable) => process.env[variable])
  for (const [, names] of source.matchAll(/\[([^[\]]*)\]\.\w+\(\s*\((\w+)\) => process\.env\[\2\]/g)) {
    for (const [, name] of (names as string).matchAll(/["'](\w+)["']/g)) found.add(name as string);
  }
  return [...found];
}
