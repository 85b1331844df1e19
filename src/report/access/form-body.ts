import type { FastifyInstance, FastifyRequest } from 'fastify';

const formType = 'application/x-www-form-urlencoded';
const mostBytes = 65_536;

/** Lets routes of `app` read what a form sends: an object of texts. May be called by everyone who has forms. */
export function readForms(app: FastifyInstance): void {
  if (app.hasContentTypeParser(formType)) return;
  app.addContentTypeParser(formType, { parseAs: 'string', bodyLimit: mostBytes }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
}

/** Fields of a form; programs may send JSON. */
export type Fields = Readonly<Record<string, string | undefined>>;

export function fieldsOf({ body }: Pick<FastifyRequest, 'body'>): Fields {
  const entries = Object.entries((body ?? {}) as object).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(entries);
}
