// `--import`ed into the children of `npm start`. A parent that is killed cannot end them; the closed channel tells them.
// A program with an orderly end of its own, such as the web server, gets the time for it.
process.once("disconnect", () => setTimeout(() => process.exit(1), 12_000).unref());
process.once("disconnect", () => {
  if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
  else process.exit(1);
});
// The channel alone must not keep a program alive that has nothing left to do.
process.channel?.unref();
