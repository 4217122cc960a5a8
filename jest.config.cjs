/** Type checking is `tsc --noEmit`'s job; the transformer only strips types (docs/decisions/0002). */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/test/**/*.test.tsx'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.(t|j|mj)sx?$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript', tsx: true }, transform: { react: { runtime: 'automatic' } } },
        module: { type: 'commonjs' },
      },
    ],
  },
  // These packages ship ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|hono|@hono|request-filtering-agent|fauxqs|uuid|openapi3-ts|d3-hierarchy|hyparquet|hyparquet-writer|@noble)/)',
  ],
  // Its package names only an `import` entry; the transformer makes it loadable here.
  moduleNameMapper: { '^fauxqs$': '<rootDir>/node_modules/fauxqs/dist/app.js' },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/dist'],
  // Room for a machine that is busy with other work: this catches what hangs, and measures nothing.
  testTimeout: 600_000,
  // Jest leaves one core free by default, which is half of a small machine.
  maxWorkers: '100%',
  // A worker keeps what its suites loaded (the CDK, the compiled schemas of each); one that grew is replaced before it collects garbage all day.
  workerIdleMemoryLimit: '1200MB',
};
