// The documents as a site: npm run site. They are written for GitHub too, where links to files outside of docs lead somewhere.
const page = (text, link) => ({ text, link });

export default {
  title: 'Gatehouse',
  srcDir: '../../docs',
  description: 'Call screening for a corporate switchboard',
  rewrites: { 'README.md': 'index.md', 'decisions/README.md': 'decisions/index.md' },
  ignoreDeadLinks: [/\.\.\//],
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      {
        text: 'Guides',
        items: [
          page('First hour', '/install'),
          page('Writing rules', '/recipes'),
          page('Forged numbers', '/signals'),
          page('Reading the report', '/reading-the-report'),
          page('3 a.m.', '/at-3-am'),
          page('Upgrading', '/upgrading'),
          page('Scaling', '/scaling'),
          page('Privacy and law', '/privacy'),
          page('Threat model', '/security'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Rule files', '/rules'),
          page('Commands', '/commands'),
          page('Settings', '/settings'),
          page('Headers, numbers, lists', '/field'),
          page('Glossary', '/glossary'),
          page('Performance', '/performance'),
          page('Effectiveness', '/effectiveness'),
          page('Architecture', '/architecture'),
          page('Decisions', '/decisions/'),
        ],
      },
    ],
  },
};
