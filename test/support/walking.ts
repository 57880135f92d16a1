/**
 * A small program for tests of operators' doors: two stages, a criterion that counts, a question, a quick end.
 */
export const walking = `program walking "Walking" {
  enroll   anyone verified
  timezone theirs else "Europe/London"
  data {
    goal  : number 1 to 90 = 10
    start : date?
    ready : yes/no?
    walks : series { minutes: number min 1 to 600, pace: (slow | brisk)? }
  }
  stage resting "Resting" {
    say "Rest well."
    advance to walking when ready or (start is set and today >= start)
  }
  stage walking "Walking {goal} minutes" {
    say "Off we go."
    let done = count(walks, this visit)
    advance to finished when done >= 2 and goal >= 10
    return to resting when no walks for 14 days
  }
  stage finished "Finished" final success {}
}`;
