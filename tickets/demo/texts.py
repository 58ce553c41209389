"""What people of the demo world write round their matter. {who} is a colleague's first name, {thing} something of the
client's trade, {other} another organisation, {n} a small number, {me} the writer, {you} the reader."""

GREETINGS = ("Hello,", "Good morning,", "Hi there,", "Dear support team,", "Hello Lindfield,", "")
CLOSINGS = ("Many thanks,\n{me}", "Thank you!\n{me}", "Kind regards\n{me}", "Thanks, {me}", "Best wishes,\n{me}")
STAFF_GREETINGS = ("Hello {you},", "Good morning {you},", "Dear {you},", "Hi {you},")
THANKS = ("That works, thank you.", "All good now. Thanks for the quick help.", "Perfect, thank you very much.")
AGAIN = ("I am afraid it is back: the same as before.", "It worked for two days, and now it has happened again.")
CHASERS = (
    "Any news on this?",
    "Could you tell me how far this is?",
    "A colleague has the same now, so it is not only me.",
)
PROGRESS = (
    "A short word in between: I am still on it and will write again today.",
    "I have found the place and am testing the change before I touch yours.",
    "This needs a quiet moment on your side: I will do it after half past five, if that suits you.",
)
MICROSOFT_SAYS = (
    "With Microsoft now, under their case {case}. They look into it; I write again as soon as I hear from them."
)
NOTES = (
    "Rang them, nobody there. Tried again later.",
    "Similar request in spring, see there for the steps.",
    "Checked the licence first: in order.",
    "Will do it before nine, when nobody works on it.",
)
IMPACTS = ("I cannot work at all", "It slows me down", "Several of us are held up", "It is a nuisance", "")

# What each trade talks about: fills {thing}.
THINGS = {
    "dentist": ("appointments", "patient letters", "the dental laboratory", "recalls"),
    "surveyors": ("site photos", "valuation reports", "the drone survey", "the land registry"),
    "charity": ("volunteers", "donations", "the food parcels rota", "the grants committee"),
    "school trust": ("admissions", "timetables", "the governors", "safeguarding"),
    "joinery": ("quotes", "cutting lists", "the staircase order", "deliveries"),
    "architects": ("planning drawings", "the tender", "site minutes", "the town hall project"),
    "bakery": ("orders", "the early shift rota", "wedding cakes", "wholesale"),
    "law firm": ("conveyancing", "court bundles", "the Harrow matter", "completions"),
    "care home": ("care plans", "the night shift rota", "family visits", "medication audits"),
    "brewery": ("tap room bookings", "duty returns", "the bottling plan", "keg tracking"),
    "accountants": ("year-end accounts", "payroll", "VAT returns", "the audit file"),
    "printers": ("proofs", "the poster order", "job tickets", "paper stock"),
}
OTHERS = (
    "the county council",
    "our paper supplier",
    "the insurers",
    "one of our customers",
    "the bank",
    "our landlord",
)
FIRST_NAMES = (
    "Abigail", "Adam", "Amira", "Bethan", "Callie", "Dean", "Erin", "Femi", "Georgia", "Harvey", "Isla", "Jack",
    "Kirsty", "Leo", "Maya", "Nathan", "Olive", "Patrick", "Rhys", "Sophie", "Toby", "Uma", "Vera", "Will",
)  # fmt: skip
