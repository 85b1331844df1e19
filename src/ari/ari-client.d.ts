/** The part of ari-client 2.2.0 and of the swagger-client 2.0.26 below it that Gatehouse uses; neither ships types. */
declare module 'ari-client' {
  export interface ChannelData {
    readonly id: string;
    readonly state: string;
    readonly dialplan?: { readonly app_name?: string; readonly app_data?: string };
  }
  export interface Client {
    readonly channels: {
      list(): PromiseLike<ChannelData[]>;
      get(parameters: { channelId: string }): PromiseLike<ChannelData>;
      getChannelVar(parameters: { channelId: string; variable: string }): PromiseLike<{ value?: string }>;
      answer(parameters: { channelId: string }): PromiseLike<unknown>;
      play(parameters: { channelId: string; media: string; playbackId: string }): PromiseLike<unknown>;
      continueInDialplan(parameters: {
        channelId: string;
        context?: string;
        extension?: string;
        priority?: number;
      }): PromiseLike<unknown>;
    };
    readonly playbacks: {
      stop(parameters: { playbackId: string }): PromiseLike<unknown>;
    };
  }
  const ari: { connect(baseUrl: string, user: string, password: string): PromiseLike<Client> };
  export default ari;
}

declare module 'swagger-client' {
  /** What swagger-client hands to its transport. Exactly one of the two callbacks is to be called, later. */
  export interface SwaggerHttpRequest {
    readonly url: string;
    readonly method: string;
    readonly on: {
      response(answer: { data: string; status: number }): void;
      error(error: unknown): void;
    };
  }
  const swagger: {
    SwaggerHttp: { prototype: { execute(request: SwaggerHttpRequest): void } };
    PasswordAuthorization: { prototype: { apply(): boolean } };
  };
  export default swagger;
}
