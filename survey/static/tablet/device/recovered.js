// Fetching the drafts of this person that came to the server in an exported file, and keeping them here as drafts like any other.

import { contact } from "./contact.js";

// [{id, title, url, files: [{name, type, url}]}]: what waits for this person.
export async function fetchRecovered({ addresses }) {
  return (await contact.json(`${addresses.app}recovered.json`)).interviews;
}

// The titles of the drafts that are on this tablet now; the server is told of each once it is here with its files.
export async function takeRecovered({ store, addresses }, found) {
  const titles = [];
  for (const each of found) {
    const { interview, files } = await contact.json(each.url);
    const known = await store.interview(interview.id);
    // What is here already is at least as new: it was taken before, and the answer to that was lost.
    if (!known) {
      for (const file of files) {
        const answer = await contact.request(file.url);
        if (!answer.ok) throw new Error(`${file.name}: ${answer.status}`);
        await store.saveFile(interview.id, file.name, await answer.blob());
      }
      await store.save(interview);
    }
    await contact.post(`${addresses.app}recovered/${encodeURIComponent(interview.id)}/taken`, {});
    titles.push(interview.title);
  }
  return titles;
}
