// Headless Chromium for tests.

import { chromium } from 'playwright-core';

export function launch(flags = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // Chromium's sandbox does not start as root, which is what a container runs as.
    chromiumSandbox: process.getuid() !== 0,
    args: ['--disable-dev-shm-usage', '--disable-gpu', ...flags],
  });
}

/** Collects what a page of `origin` complains about, and what it asks of others. */
export function problemsOf(page, origin) {
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && host !== new URL(origin).host) problems.push(request.url());
  });
  return problems;
}
