// The panel of what is taken along: whether it is complete and how old it is, how much there is to fetch, and how far that has come.

import { button, drawAnew, element, linkButton, write } from "../screen/elements.js";
import { agoText, say, sizeText } from "../screen/language.js";

const OLD_MS = 24 * 3600 * 1000;

export class PackagePanel {
  constructor(root, tabletPackage, { signIn, onPeople }) {
    this.root = root;
    this.package = tabletPackage;
    this.signIn = signIn;
    this.onPeople = onPeople;
    this.isAppKept = false;
    this.package.addEventListener("change", () => this.schedule());
    navigator.serviceWorker?.ready.then(() => {
      this.isAppKept = true;
      this.schedule();
    });
  }

  // Downloads what is missing; the list is drawn anew when it is there.
  async download() {
    try {
      await this.package.download();
    } catch {
      // The panel says what the package keeps as its problem.
    }
    await this.onPeople();
  }

  schedule() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  draw() {
    const { facts, progress, problem } = this.package;
    const title = Object.assign(element("h2", "", say("package")), { id: "package-title" });
    title.setAttribute("aria-describedby", "package-state");
    const state = this.package.isRunning ? "running" : this.package.isComplete ? "complete" : facts ? "partial" : "none";
    if (state === "running" && this.goOn(progress)) return;
    this.root.dataset.state = state;
    const lines = [element("div", "panel-head", title, this.badge(state))];
    if (state === "running") lines.push(...this.runningLines(progress));
    else lines.push(...this.restingLines(state, facts));
    if (problem && state !== "running") lines.push(this.problemLine(problem));
    drawAnew(this.root, ...lines);
  }

  badge(state) {
    const tone = { complete: "good", partial: "warn", none: "warn", running: "info" }[state];
    return Object.assign(element("span", `badge ${tone}`, say(`package_${state}`)), { id: "package-state" });
  }

  runningLines(progress) {
    this.bar = element("progress", "package-progress");
    this.bar.setAttribute("aria-label", say("package_running"));
    this.line = Object.assign(element("p", "panel-line"), { id: "package-progress" });
    this.drawProgress(progress);
    const stop = Object.assign(button("", say("package_stop"), () => this.package.stop()), { id: "stop-download" });
    return [this.bar, this.line, stop];
  }

  drawProgress({ done, total }) {
    Object.assign(this.bar, { max: total || 1, value: done });
    const percent = total ? Math.floor((100 * done) / total) : 0;
    write(this.line, total ? say("package_progress", { done: sizeText(done), total: sizeText(total), percent }) : say("package_asking"));
  }

  // Whether what is drawn of a download could be kept: its button would otherwise be said anew with every piece that arrives.
  goOn(progress) {
    if (!this.bar?.isConnected || this.bar.ariaLabel !== say("package_running")) return false;
    this.drawProgress(progress);
    return true;
  }

  restingLines(state, facts) {
    if (state === "none") return [element("p", "panel-line", say("package_why")), this.downloadButton("package_download", true)];
    const visits = facts.visits.map((visit) => visit.title).join(say("list_comma"));
    const line = element("p", "panel-line", [visits, say("package_count", { count: facts.n_tasks })].filter(Boolean).join(" · "));
    const age = element("p", "panel-line muted", say(`package_age_${state}`, { ago: agoText(facts.checked_at) }));
    if (state === "complete") {
      const isOld = Date.now() - new Date(facts.checked_at).getTime() > OLD_MS;
      const row = element("div", "panel-row", element("div", "", line, age), this.downloadButton("package_update", isOld));
      return this.isAppKept ? [row] : [row, element("p", "task-reason", say("package_app_missing"))];
    }
    const { count, size } = this.package.missing;
    const isBegun = count < facts.assets.length;
    const rest = element("p", "panel-line", say(isBegun ? "package_missing" : "package_why"), " ", say("package_size", { count, size: sizeText(size) }));
    return [line, rest, age, this.downloadButton(isBegun ? "package_go_on" : "package_download", true)];
  }

  downloadButton(word, isPrimary) {
    const found = button(isPrimary ? "primary" : "", say(word), () => this.download());
    found.id = "download";
    return found;
  }

  problemLine(problem) {
    const line = element("p", "task-reason", say(problem.word, problem.values));
    const isSignIn = ["sign_in_again_package", "sign_in_as_package"].includes(problem.word);
    if (isSignIn) line.append(" ", linkButton("quiet", say("sign_in"), this.signIn));
    return line;
  }
}
