/**
 * A program that wants something of everybody: decisions, answers, letters, calls; with a track and a list.
 */
export const ward = `program ward "Ward round" {
  enroll   anyone verified
  timezone theirs else "UTC"
  roles    nurse, doctor
  services billing
  ladder   urgent { nurse for 1h then doctor }
  parameters { target : number mg/dL = 100 }
  data {
    dose : number units 0 to 20 = 10   doctor may set
    left : number?
    ready : yes/no?
    next_visit : moment?
    fbg  : series number mg/dL  nurse may record
  }
  list tasks by title "Tasks" {
    data { title : text  done : yes/no = no  nurse may set }
    starts with { title: "Blood draw" }, { title: "Consent form" }
    stage todo "To do" { advance to finished when done }
    stage finished "Finished" final success {}
  }
  track diary "Diary" when dose > 10 { stage morning "Mornings" { check daily at 08:00 { say "Your diary?" } } }
  stage on "On the ward" {
    command "up"    { propose dose = dose + 2 approved by doctor within 1 day else escalate to nurse }
    command "alarm" { escalate to urgent "Come quickly." }
    command "count" { ask nurse "How many pills are left?" (number) as left, within 1 day else escalate to doctor }
    command "ready" { ask doctor "Is she ready to go home?" (yes/no) as ready }
    command "ask"   { ask "How many steps?" (number) as left }
    command "all"   { tell nurse "Hello nurse." send discharge_letter to doctor "All is well." call billing charge { amount: 9 } }
    on fbg where value < 70 { say "Please eat something." }
    leave as lost after 90 days
  }
}`;
