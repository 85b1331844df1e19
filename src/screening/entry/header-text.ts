/** Text of a header a stranger may have written: control characters out, trimmed, at most `longest` characters. */
export function headerText(text: string, longest: number): string {
  return text
    .slice(0, longest * 4)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '')
    .trim()
    .slice(0, longest)
    .toWellFormed();
}
