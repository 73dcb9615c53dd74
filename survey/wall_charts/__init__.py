"""Wall charts of a visit, for printing at A3: timetable, routes, households, the flow of what was raised."""
