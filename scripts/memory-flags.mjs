// How much memory the servers may take, as flags for Node. Left alone, its heap grows with the load because the machine has room
// (web 560 MB, gateway 295 MB after half a minute of full load); what they need is a fraction of that, and with these bounds memory
// stays flat: `npm run bench -- --only memory`. The young generation's bound counts three times, the old one's is far above what
// lives there.

/** Of `npm start`: under 400 MB resident. Next and the pages are most of it. */
export const webMemory = ["--max-semi-space-size=8", "--max-old-space-size=300"];

/** Of `npm run gateway`, which spells them out in package.json: under 200 MB resident. */
export const gatewayMemory = ["--max-semi-space-size=8", "--max-old-space-size=160"];
