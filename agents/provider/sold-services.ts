import { imageService, speechService, transcriptionService } from "./media-services";
import type { ServiceKind } from "./service-kinds";
import type { SoldService } from "./sold-service";
import { chatService, completionService, promptService } from "./text-services";

const ALL: readonly SoldService[] = [
  chatService,
  promptService,
  completionService,
  imageService,
  transcriptionService,
  speechService,
];

/** What a provider of these kinds sells. */
export function soldServices(kinds: readonly ServiceKind[]): SoldService[] {
  return ALL.filter((service) => service.kinds.some((kind) => kinds.includes(kind)));
}
