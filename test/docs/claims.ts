/**
 * What an example claims after `//`, turned into a check of it. Line for line, so that errors show the line in the
 * document.
 *
 *     strlen("hello");              // 5            the value, as String() or util.inspect() show it
 *     const p = new Point(1, 2);    // Point { … }  the same of what was declared; … stands for anything
 *     console.log(strlen("hello")); // 5            what is printed
 *     strlen(5);                    // ArgumentError: strlen(): argument 1: …       throws this
 *
 * Other remarks are left alone: only what begins as a value does (a digit, a quote, a bracket, a class name before a
 * brace, null …). A value may be followed by a comma, colon, semicolon or parenthesis and any words: `// 5, as in C`.
 */

const claim = /^(\s*)(\S.*?);?\s+\/\/ (\S.*)$/;
const beginsAsValue =
  /^(?:-?\d|["'`[{<]|-?Infinity\b|(?:NaN|null|undefined|true|false)(?![\w ])|[A-Z]\w*(?:\(\w+\))? ?[[{(<])/;
const isError = /^(?:throws )?(?:an? )?(?:[A-Z]\w*)?Error\b/;
const isStatement =
  /^(?:class|function|async function|if|else|for|while|do|return|import|export|type|interface|declare|try|throw|switch|case|@|[})\].,?:|&+*]|\/[/*])/;
const assignment = /^[\w$.[\]"'!]+\s*(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])/;
const declaration = /^(?:const|let|var|using) ([\w$]+)[^=]*=/;

/** The lines with their claims as checks; `place` gives file and line for the message. */
export function checked(lines: readonly string[], place: (index: number) => string): string[] {
  let isComplete = true; // whether the line before ended a statement
  return lines.map((line, index) => {
    const isStart = isComplete;
    const check = isStart ? checkOf(line, JSON.stringify(place(index))) : null;
    const code = line.replace(/\s+\/\/ .*$/, "").trim();
    if (code !== "") isComplete = check !== null || /[;{}]$/.test(code) || code.startsWith("//");
    return check ?? line;
  });
}

function checkOf(line: string, where: string): string | null {
  const [, indent, code, text] = claim.exec(line) ?? [];
  if (indent === undefined || code === undefined || text === undefined) return null;
  if (isStatement.test(code) || !isBalanced(code)) return null;
  const quoted = JSON.stringify(text);

  if (isError.test(text)) return `${indent}await __throws(${where}, async () => (${code}), ${quoted});`;
  if (!beginsAsValue.test(text)) return null;
  const printed = /^console\.log\((.*)\)$/.exec(code);
  if (printed !== null) return `${indent}__prints(${where}, ${quoted}, ${printed[1]});`;
  const declared = declaration.exec(code);
  if (declared !== null) return `${indent}${code}; __shows(${where}, ${quoted}, ${declared[1]});`;
  if (assignment.test(code) || /^(?:const|let|var|using)\b/.test(code)) return null;
  return `${indent}__shows(${where}, ${quoted}, ${code});`;
}

/** Whether brackets close in the line, as far as that shows without knowing strings. */
function isBalanced(code: string): boolean {
  const count = (pattern: RegExp) => code.match(pattern)?.length ?? 0;
  return count(/[([{]/g) === count(/[)\]}]/g);
}
