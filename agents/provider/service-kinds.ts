/** What a provider may sell: `SERVICE_KINDS`. One model may be several of them. */
export const SERVICE_KINDS = ["text", "code", "image", "transcription", "speech"] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];
