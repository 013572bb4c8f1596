"""Projects: folders with notebooks and a `schedules/` folder."""
