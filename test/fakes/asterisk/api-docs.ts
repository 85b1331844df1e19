/** The Swagger 1.1 description that Asterisk serves below /ari/api-docs, cut down to the operations Gatehouse uses. */

const path = (name: string) => ({
  name,
  paramType: 'path',
  required: true,
  allowMultiple: false,
  dataType: 'string',
});
const query = (name: string, dataType = 'string', allowMultiple = false) => ({
  name,
  paramType: 'query',
  required: false,
  allowMultiple,
  dataType,
});

function operation(
  httpMethod: string,
  nickname: string,
  responseClass: string,
  parameters: readonly object[] = [],
): object {
  return { httpMethod, nickname, responseClass, summary: nickname, parameters, errorResponses: [] };
}

/** Something in the description that this version of Gatehouse does not know must do no harm. */
const unknownOperation = operation('POST', 'somethingNewer', 'Novelty', [query('whatever', 'object')]);

export function apiDocument(name: string, basePath: string): object | null {
  const common = { apiVersion: '10.0.0', swaggerVersion: '1.1', basePath };
  const described = { ...common, resourcePath: `/api-docs/${name}.{format}` };
  if (name === 'resources') {
    const names = ['asterisk', 'channels', 'playbacks'];
    return {
      ...common,
      apis: names.map((each) => ({ path: `/api-docs/${each}.{format}`, description: each })),
    };
  }
  if (name === 'playbacks') {
    const stop = operation('DELETE', 'stop', 'void', [path('playbackId')]);
    return {
      ...described,
      apis: [{ path: '/playbacks/{playbackId}', operations: [stop] }],
      models: { Playback: { id: 'Playback', properties: { id: { required: true, type: 'string' } } } },
    };
  }
  if (name === 'asterisk') return { ...described, apis: [], models: {} };
  if (name === 'channels') return { ...described, apis: channelApis(), models: channelModels };
  return null;
}

function channelApis(): object[] {
  const id = path('channelId');
  const continueQuery = [query('context'), query('extension'), query('priority', 'int'), query('label')];
  return [
    { path: '/channels', operations: [operation('GET', 'list', 'List[Channel]'), unknownOperation] },
    { path: '/channels/{channelId}', operations: [operation('GET', 'get', 'Channel', [id])] },
    {
      path: '/channels/{channelId}/variable',
      operations: [operation('GET', 'getChannelVar', 'Variable', [id, query('variable')])],
    },
    { path: '/channels/{channelId}/answer', operations: [operation('POST', 'answer', 'void', [id])] },
    {
      path: '/channels/{channelId}/continue',
      operations: [operation('POST', 'continueInDialplan', 'void', [id, ...continueQuery])],
    },
    {
      path: '/channels/{channelId}/play',
      operations: [
        operation('POST', 'play', 'Playback', [id, query('media', 'string', true), query('playbackId')]),
      ],
    },
  ];
}

const channelModels = {
  Variable: { id: 'Variable', properties: { value: { required: true, type: 'string' } } },
  Dialplan: { id: 'Dialplan', properties: { app_name: { required: true, type: 'string' } } },
  Channel: {
    id: 'Channel',
    properties: {
      id: { required: true, type: 'string' },
      state: { required: true, type: 'string' },
      dialplan: { required: true, type: 'Dialplan' },
    },
  },
};
