/** The route template of the paid door, which names no provider. */
export const DOOR_ENDPOINT = "/api/p/{provider}/{path}";
