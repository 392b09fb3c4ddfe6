// The settings are checked when the process starts, so that a wrong one fails the start and not a visitor's request.
import "@/lib/env";
