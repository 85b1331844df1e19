/** One line of a configuration file of Asterisk. */
export type ConfLine =
  /** `[name](marks)`: `+` adds to the section before, `!` is a template, all else names templates. */
  | { readonly kind: 'section'; readonly name: string; readonly marks: readonly string[] }
  | { readonly kind: 'setting'; readonly name: string; readonly value: string }
  | { readonly kind: 'include'; readonly path: string }
  | { readonly kind: 'nothing' };

const nothing: ConfLine = { kind: 'nothing' };

/**
 * Every line as Asterisk's own reader takes it (main/config.c, process_text_line): `;` begins a comment unless `\` stands before
 * it, `;--` and `--;` enclose one over many lines.
 */
export function confLines(text: string): ConfLine[] {
  let depth = 0;
  return text.split('\n').map((raw) => {
    const { code, depth: after } = withoutComments(raw, depth);
    depth = after;
    return confLine(code.trim());
  });
}

function withoutComments(raw: string, before: number): { code: string; depth: number } {
  let depth = before;
  let code = '';
  for (let at = 0; at < raw.length; at++) {
    if (raw.startsWith(';--', at) && raw[at + 3] !== '-' && raw[at - 1] !== '\\') {
      depth++;
      at += 2;
    } else if (depth > 0) {
      if (!raw.startsWith('--;', at)) continue;
      depth--;
      at += 2;
    } else if (raw[at] === ';') {
      if (raw[at - 1] !== '\\') break;
      code = `${code.slice(0, -1)};`;
    } else code += raw[at];
  }
  return { code, depth };
}

function confLine(code: string): ConfLine {
  const section = /^\[([^\]]*)\](?:\s*\(([^)]*)\))?/.exec(code);
  if (section !== null) {
    const marks = (section[2] ?? '').split(',').map((mark) => mark.trim());
    return { kind: 'section', name: (section[1] ?? '').trim(), marks: marks.filter((mark) => mark !== '') };
  }
  const include = /^#\s*(?:try)?include\s+(.*)$/i.exec(code);
  if (include !== null) return { kind: 'include', path: (include[1] ?? '').replace(/^["<]|[">]$/g, '') };
  const setting = /^([^=#][^=]*)=>?(.*)$/.exec(code);
  if (setting === null) return nothing;
  return { kind: 'setting', name: (setting[1] ?? '').trim(), value: (setting[2] ?? '').trim() };
}
