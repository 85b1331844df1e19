/** Where the program is after an installation of the package; the same layout as in /opt/gatehouse of docs/install.md. */
export const home = '/usr/lib/gatehouse';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Debian's name of a processor that Node names. @throws for one that the package is not built for */
export function debianArchitecture(arch: string): string {
  const name = architectures[arch];
  if (name === undefined) throw new Error(`no package is built for the processor ${arch}`);
  return name;
}

/** `1.2.0-rc.1` of npm is before 1.2.0; so is `1.2.0~rc.1` of Debian. @throws when Debian would refuse it */
export function debianVersion(version: string): string {
  const text = version.replace('-', '~');
  if (!/^\d[A-Za-z0-9.+~]*$/.test(text)) throw new Error(`${version} is no version that Debian accepts`);
  return text;
}

/** `template` with its `${name}`s filled in. @throws for a name without a value */
export function filledIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for ${name}`);
    return value;
  });
}

const unitPaths: readonly (readonly [string, string])[] = [
  ['/opt/gatehouse/docs', '/usr/share/doc/gatehouse'],
  ['/opt/gatehouse', home],
  ['/usr/bin/node', `${home}/bin/node`],
];

/** A unit of docs/install.md with the places of the package. */
export function packagedUnit(unit: string): string {
  return unitPaths.reduce((text, [from, to]) => text.replaceAll(from, to), unit);
}

/** Debian's changelog, which only says where the changes are. `at`: epoch seconds. */
export function debianChangelog(version: string, maintainer: string, at: number): string {
  const date = new Date(at * 1000).toUTCString().replace('GMT', '+0000');
  return `gatehouse (${version}) unstable; urgency=medium\n\n  * See changelog.gz beside this file.\n\n -- ${maintainer}  ${date}\n`;
}
