import type { FakeChannel } from './fake-channel.ts';
import type { FakeReply, FakeRequest } from './fake-http.ts';
import type { FakeSockets } from './fake-socket.ts';

/** `subscription` and `eventFilter` of an app. As seen: 404 without its socket, 422 for a channel that is not there. */
export function applicationReply(
  { id: app, route, query }: FakeRequest,
  sockets: FakeSockets,
  channels: ReadonlyMap<string, FakeChannel>,
): FakeReply {
  if (!sockets.has(app)) return { status: 404, body: { message: 'Application not found' } };
  if (route === 'POST /applications/{id}/subscription') {
    const sources = (query.eventSource ?? '').split(',');
    const asked = sources.map((source) => channels.get(source.replace(/^channel:/, '')));
    if (asked.some((channel) => channel === undefined))
      return { status: 422, body: { message: 'Event source does not exist' } };
    for (const channel of asked) channel?.followers.add(app);
  }
  return { status: 200, body: { name: app } };
}
