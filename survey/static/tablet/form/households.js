// The rows of households.csv for this device: the assignments of the form that its package holds, as the server would write them.
// The server's side of it is survey/visits/household_list.py; tests hold the two against each other.

const CELLS = {
  name: (task) => task.id,
  label: (task) => task.title,
  number: (task) => task.number,
  head_name: (task) => task.head_name,
  kind: (task) => task.kind,
  n_members: (task) => task.n_members || "",
  markers: (task) => task.markers.join(" "),
  group_name: (task) => task.group,
  village_code: (task) => task.village_code,
  village_name: (task) => task.village,
  township_name: (task) => task.township,
  county_name: (task) => task.county,
  assignment_id: (task) => task.id,
  planned_on: (task) => task.planned_on,
};

// The plan with its list of households filled in, where the form reads one, from what `readTasks` gives.
export async function withHouseholds(plan, readTasks) {
  if (!plan.households) return plan;
  const tasks = (await readTasks()).filter((task) => task.form_id === plan.form.id);
  const { columns } = plan.lists[plan.households];
  const rows = tasks.map((task) => columns.map((column) => safeCell(CELLS[column]?.(task))));
  return { ...plan, lists: { ...plan.lists, [plan.households]: { columns, rows } } };
}

function safeCell(value) {
  const line = String(value ?? "").replace(/\p{Cc}/gu, " ").trim();
  return /^[=+@-]/.test(line) ? `'${line}` : line;
}
