/**
 * A project as `regimen init` leaves one: a program, its skill, and what the scripted agent says.
 */

/** `say`: what is said on entering. */
export const walkProgram = (say: string): string => `program walk "Walk" {
  about "Walk a little more."
  enroll anyone verified
  timezone "Europe/London"
  data { walks : series { minutes: number min } }
  stage walking "Walking" {
    skill walk_coach
    say "${say}"
    review daily at 18:00
    advance to done when count(walks, this visit) >= 2
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;

export const walkProject: Record<string, string> = {
  'programs/walk.regimen': walkProgram('Welcome.'),
  'programs/skills/walk-coach/SKILL.md': '---\nname: walk-coach\ndescription: Talks about walking.\n---\nBe kind.\n',
  'programs/skills/walk-coach/scripted.yaml': 'reply:\n  - I hear you.\n',
};
