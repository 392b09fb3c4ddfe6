// Stands in for `server-only` outside Next: that package throws unless a bundler sets the react-server condition.
export {};
