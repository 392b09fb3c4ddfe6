// What `npm start` and, with --gateway, `npm run gateway` run; only the provider's answer is made in this process.
import { putDoorInProcess } from "./put-door-in-process";

putDoorInProcess();
await import("../serve");
