# SPDX-License-Identifier: Apache-2.0
"""One look at the page in a browser, with everything that went wrong in it."""
from urllib.parse import urlsplit

from harness.waiting import PATIENCE, until

# Kept by the page itself before any of its scripts run: Chromium reports breaches of the policy to the document only.
KEEP_BREACHES = """
  window.__breaches = [];
  document.addEventListener('securitypolicyviolation', (e) => window.__breaches.push(e.violatedDirective + ' ' + e.blockedURI));
"""
ROWS = """(rows) => rows.map((row) => [row.dataset.device, row.querySelector('[data-field=position]')?.textContent ?? ''])"""


class Visit:
    def __init__(self, context, url):
        self.context = context
        self.url = url
        self.page = context.new_page()
        self._faults = []
        self.is_relay_away = False
        self.page.add_init_script(KEEP_BREACHES)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._faults.append(f"script: {error}"))
        self.page.on("request", lambda request: self._home(request.url))
        self.page.on("websocket", lambda socket: self._home(socket.url))

    def _console(self, message):
        if message.type == "error" and not (self.is_relay_away and "WebSocket connection" in message.text):
            self._faults.append(f"console: {message.text}")

    def _home(self, url):
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != urlsplit(self.url).netloc:
            self._faults.append(f"outside: {url}")

    @property
    def faults(self):
        return self._faults + [f"policy: {breach}" for breach in self.page.evaluate("window.__breaches")]

    def open(self, path):
        self.page.goto(self.url + path)

    def rows(self):
        """{device: position text} of the table, in its order."""
        return dict(self.page.eval_on_selector_all("#body [data-device]", ROWS))

    def wait_rows(self, wanted, what="rows", seconds=PATIENCE):
        return until(lambda: (lambda rows: rows if wanted(rows) else None)(self.rows()), f"{what}; there are {self.rows()}", seconds)

    def text(self, selector):
        return self.page.inner_text(selector)

    def wait_text(self, selector, wanted, seconds=PATIENCE):
        until(lambda: wanted in self.text(selector), f"{selector} to say {wanted!r}; it says {self.text(selector)!r}", seconds)

    def attribute(self, name):
        return self.page.evaluate("(name) => document.body.dataset[name]", name)

    def wait_attribute(self, name, wanted):
        until(lambda: self.attribute(name) == wanted, f"data-{name} to be {wanted}; it is {self.attribute(name)}")

    def filter(self, text):
        self.page.fill("#filter-text", text)

    def picture(self, selector="#map"):
        return self.page.locator(selector).screenshot()
