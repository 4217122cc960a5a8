/** A server that speaks an AWS protocol on loopback. Whoever starts it stops it. */
export type Engine = { endpoint: string; stop(): Promise<void> };

/** Any credentials do on an emulator; the region is part of every signature and every queue URL. */
export const EMULATED = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } as const;
