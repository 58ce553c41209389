"""What requests of the demo world are about, with the words for each step of a request's life."""

from tickets.demo.topic import Topic
from tickets.rules.states import Kind

FAULT, CHANGE, REMOVE, ADD, ASK = Kind.FAULT, Kind.ALTERATION, Kind.REMOVAL, Kind.ADDITION, Kind.QUESTION
MAIL_SUBJECTS = ("Your mailbox is full", "Invoice overdue", "Parcel on hold", "New terms of our supplier")

TOPICS = (
    Topic(
        "exchange", FAULT,
        ("Outlook keeps asking for my password", "Outlook wants the password again and again", "Password box in Outlook will not go away"),
        (
            "Since this morning Outlook asks for my password every few minutes. I type it, it goes away and comes back. Webmail works.",
            "Outlook on my laptop shows “Need password” at the bottom. On my phone the mail arrives as usual.",
        ),
        (
            "I can see that the sign-in token on your laptop is out of date. I am clearing it from here; please close Outlook for five minutes.",
            "This is usually an old saved password. I will walk you through removing it: please tell me when you are at the computer.",
        ),
        (
            "The saved credential was removed and Outlook connects again. Please tell us if the box comes back.",
            "Outlook has been connected without a break since I reset the token, so I am closing this from our side.",
        ),
        note="Old credential in the Windows store. Same as last month for this client: worth a look at their sign-in frequency policy.",
    ),
    Topic(
        "exchange", FAULT,
        ("Mail to {other} comes back", "Our messages are returned by one recipient", "Bounce: message rejected by {other}"),
        (
            "Every mail to {other} comes back with a long error. Others can write to them. We have a deadline on Friday.",
            "I get “550 5.7.1 rejected” when I write to {other}. I attach what the error says.",
        ),
        (
            "Thank you for the error text. Their server refuses us because of a stale entry on a block list; I have asked for its removal.",
            "I have looked at the message trace: the other side rejects it, not our tenant. I am writing to their postmaster now.",
        ),
        (
            "The other side has lifted the block and a test message arrived. You can send again.",
            "Delivered: I traced three messages from this morning and all were accepted.",
        ),
        question="Could you forward the returned message as an attachment, so that I see its headers?",
        answer="Here it is. It came back within a minute.",
    ),
    Topic(
        "exchange", ADD,
        ("New shared mailbox for {thing}", "Please set up a shared mailbox", "Shared mailbox “{thing}”"),
        (
            "We would like a shared mailbox for {thing}. {who} and I should be able to read it and send from it.",
            "Please create a mailbox that the whole team can use for {thing}. Access: me, {who}.",
        ),
        (
            "Happy to. I will create it today; it appears in Outlook by itself within an hour or so.",
            "I have accepted this and will set it up with send-as for both of you.",
        ),
        (
            "The mailbox is there and both of you have access. Send-as works too; I tested it.",
            "Done. If it has not appeared in Outlook by tomorrow morning, restart Outlook once.",
        ),
    ),
    Topic(
        "exchange", CHANGE,
        ("Forward mail while {who} is on leave", "Out of office and forwarding for {who}", "{who} is away: please redirect the mail"),
        (
            "{who} is on leave for {n} weeks from Monday. Please send the mail to me and set an out-of-office message.",
            "Could you redirect the mail of {who} to me until the end of the month? The manager has agreed.",
        ),
        (
            "I have it in the diary for Monday morning. As {who} is not the requester, I need your manager’s yes in writing here.",
            "Accepted. I will set the forwarding inside the tenant only, nothing goes outside.",
        ),
        (
            "Forwarding and the out-of-office message are set, both end by themselves.",
            "Set as asked. It stops on the last day without anybody having to think of it.",
        ),
        question="Which text should the out-of-office message have?",
        answer="“I am away. Please write to the office.” That is enough, thank you.",
    ),
    Topic(
        "entra", ADD,
        ("New starter on Monday: {who}", "Account for a new colleague", "New user needed, {who} starts next week"),
        (
            "{who} starts on Monday and needs an account with mail and the shared {thing} folder. Same rights as mine.",
            "Please create a user for {who}. Licence: the same as the others in our team. The laptop is here already.",
        ),
        (
            "Welcome to {who}. I will create the account on Friday and send you the first sign-in details by phone.",
            "Accepted. You have one free licence, so no order is needed. I will set up MFA with {who} on the first day.",
        ),
        (
            "The account is ready and the licence assigned. {who} registered the second factor with me on the phone.",
            "All set: mail, Teams and the shared folders are there.",
        ),
        question="Should {who} also see the {thing} site in SharePoint?",
        answer="Yes please, to read and to write.",
    ),
    Topic(
        "entra", REMOVE,
        ("Leaver: please close the account of {who}", "{who} leaves on Friday", "Close an account"),
        (
            "{who} leaves us on Friday. Please block the sign-in at 17:00 and give me the mailbox.",
            "Please close the account of {who}. I need the files in OneDrive for {n} more weeks.",
        ),
        (
            "I will block the sign-in on Friday at 17:00 sharp and keep the mailbox as a shared one for you.",
            "Accepted. The seat stays billed to the end of its term and is shown as free for somebody else.",
        ),
        (
            "The sign-in is blocked, all sessions are ended, and you have the mailbox.",
            "Done as asked. Nothing was deleted.",
        ),
        note="Manager asked in writing, so this is authorised. Sessions revoked as well.",
    ),
    Topic(
        "entra", FAULT,
        ("Locked out, new phone", "Cannot sign in after changing my phone", "Authenticator is on my old phone"),
        (
            "I have a new phone and the authenticator is not on it. I cannot sign in anywhere and I am at a client’s.",
            "The app asks for a number that I cannot see any more. The old phone is gone.",
        ),
        (
            "I will ring you on the number that your manager registered, to be sure that it is you, and then reset the second factor.",
            "Your manager has confirmed it is you. I have cleared the old device: you will be asked to register the new one.",
        ),
        (
            "You are in again and the new phone is registered. The old one no longer works.",
            "Reset and tested with you on the phone.",
        ),
    ),
    Topic(
        "entra", ASK,
        ("Strange sign-in message from abroad", "Was that sign-in us?", "Warning about a sign-in"),
        (
            "I got a message about a sign-in from a country where none of us is. Should I worry? I have not clicked anything.",
            "{who} received a warning that somebody tried the password. Is our tenant safe?",
        ),
        (
            "Good that you asked. I have looked at the log: the try was refused, nobody got in. Please change the password all the same.",
            "The second factor stopped it. I have ended all sessions of that account as a precaution.",
        ),
        (
            "Nothing further in the log for {n} days. We recommend MFA for the two accounts that still lack it.",
            "All quiet. The address is blocked for your tenant now.",
        ),
    ),
    Topic(
        "entra", FAULT,
        ("Private: a colleague may be reading my mail", "Confidential: please look at access to my mailbox"),
        (
            "Please treat this as confidential. I have reason to believe that somebody here opens my mailbox. Who has access?",
            "I would rather not say this in the open list. Could you tell me who can read my mail and since when?",
        ),
        (
            "Only you, the people you name and our staff see this request. I am pulling the access list and the log now.",
            "Understood. I have accepted this myself and will not discuss it with anybody outside the support desk.",
        ),
        (
            "The list is attached: two people had access through an old group. It has been taken away, with your director’s consent.",
            "The log shows no opening by others in the last 90 days.",
        ),
        confidential=True,
    ),
    Topic(
        "sharepoint", FAULT,
        ("Cannot open the {thing} library", "SharePoint says “Access denied” for {thing}", "No access to the {thing} folder since yesterday"),
        (
            "Since yesterday I get “Access denied” for the {thing} library. {who} can still open it.",
            "The folder {thing} has disappeared for me. I need it for a meeting this afternoon.",
        ),
        (
            "Your account fell out of the group when the folder was moved. I am putting it back.",
            "I can see the break in the permissions. One moment, I will restore them from the parent site.",
        ),
        (
            "You are in the group again. Please reload the page.",
            "Access is back for you and for two others who had not noticed yet.",
        ),
        question="Is it only this library, or the whole site?",
        answer="Only this one. The rest of the site opens as usual.",
    ),
    Topic(
        "sharepoint", ADD,
        ("New site for {thing}", "A place for {thing} in SharePoint", "Team site with outside guests"),
        (
            "We need a site for {thing}, with {n} outside guests who may only read.",
            "Please create a document library for {thing}. {who} should look after it.",
        ),
        (
            "I will create the site with a group for your people and a separate one for guests, so that nobody sees too much.",
            "Accepted. I suggest switching versions on, so that nothing gets lost when two people write.",
        ),
        (
            "The site is ready and {who} is its owner. The guests have their invitations.",
            "Created, with versions on. Deleted files stay recoverable for 30 days.",
        ),
    ),
    Topic(
        "sharepoint", ASK,
        ("Can we get back a deleted folder?", "Folder {thing} was deleted by mistake"),
        (
            "Somebody deleted the folder {thing} last week. Can it be restored?",
            "I tidied up too much. The folder {thing} is gone from the site, and I am sorry to say it is important.",
        ),
        (
            "It is still in the recycle area of the site. I am restoring it to where it was.",
            "Good news: it was deleted less than 30 days ago. I will restore it now.",
        ),
        (
            "The folder is back with all its versions.",
            "Restored: {n} files, with their history.",
        ),
    ),
    Topic(
        "onedrive", FAULT,
        ("OneDrive does not sync any more", "Red cross on my OneDrive", "Files do not arrive in OneDrive"),
        (
            "OneDrive has shown a red cross since Monday. {n} files wait and nothing moves.",
            "What I save on the laptop does not arrive in OneDrive. The icon says “Processing changes” for ever.",
        ),
        (
            "There is one file with a name that OneDrive does not allow, and it holds up the rest. I tell you which one in a moment.",
            "I am resetting the sync on your computer. Your files stay where they are.",
        ),
        (
            "The queue has emptied and everything is up to date.",
            "After the reset all {n} files went through.",
        ),
        question="How much free space does your disk have?",
        answer="About 3 GB. Is that too little?",
        note="Path longer than 400 characters. Told them to shorten the folder names.",
    ),
    Topic(
        "teams", FAULT,
        ("Others cannot hear me in Teams", "Teams: no sound in meetings", "Microphone dead in Teams"),
        (
            "In Teams meetings nobody hears me since the update. The same headset works on the phone.",
            "I can hear everybody, but my microphone is dead. I have a call with {other} at two.",
        ),
        (
            "Teams lost the right to use the microphone with the update. I will take over your screen for a minute, if you agree.",
            "Please open Settings, Privacy, Microphone and switch on “Let desktop apps use your microphone”.",
        ),
        (
            "Sound works in the test call and in your own meeting.",
            "The right was missing. It is set for all of your computers now.",
        ),
    ),
    Topic(
        "teams", CHANGE,
        ("Guests in our Teams channel", "Please allow guests for {thing}"),
        (
            "We would like to invite {n} people of {other} into one channel. At the moment the invitation fails.",
            "Could you allow guests for the team “{thing}” only, not for everything?",
        ),
        (
            "I will switch guests on for that one team and leave the others as they are.",
            "Accepted. A shared channel fits better than guests here: they then see nothing else.",
        ),
        (
            "The guests can join now. The other teams are unchanged.",
            "Set up and tested with {who}.",
        ),
    ),
    Topic(
        "word", FAULT,
        ("Word opens our template in compatibility mode", "Letterhead jumps in Word", "Template for {thing} is broken"),
        (
            "Our template for {thing} opens with a wrong margin, the letterhead sits in the text.",
            "All letters open in compatibility mode and the logo has moved. It was fine last week.",
        ),
        (
            "I have had a look at the template: a field in its header is damaged. I am repairing a copy for you to try.",
            "The template was saved by an old version. I will convert it and keep the old one beside it.",
        ),
        (
            "The repaired template lies in the same place. The old one has “old” in its name.",
            "Converted and tried with three letters.",
        ),
    ),
    Topic(
        "excel", FAULT,
        ("Excel stops with our {thing} workbook", "Workbook “{thing}” takes minutes to open", "Excel does not answer"),
        (
            "The workbook for {thing} takes minutes to open and then Excel stops answering. Others have the same.",
            "Excel freezes when I filter the list for {thing}. I have restarted twice.",
        ),
        (
            "Could be the links to a file that is no longer there. I am looking at a copy; please do not change the original for an hour.",
            "It has 900,000 empty formatted rows. I will trim a copy and you tell me if anything is missing.",
        ),
        (
            "The trimmed workbook opens in four seconds. It lies beside the old one.",
            "The broken links are gone, and so are the waits.",
        ),
        question="Does it also happen when you open it in the browser?",
        answer="In the browser it opens at once, but the macro is missing there.",
    ),
    Topic(
        "powerpoint", ASK,
        ("PowerPoint: fonts missing at {other}", "Slides look different on another computer"),
        (
            "At {other} our slides appeared in another typeface. How do we prevent that on Thursday?",
            "The presentation looks wrong on the meeting room’s computer. Can the fonts travel with it?",
        ),
        (
            "Yes: File, Options, Save, “Embed fonts in the file”. I have switched it on for your template.",
            "The room’s computer lacks your house font. I can embed it, the file grows by about 2 MB.",
        ),
        (
            "It is embedded now. {who} has tried it in the meeting room.",
            "The template carries the font from now on.",
        ),
    ),
    Topic(
        "microsoft-365-apps", FAULT,
        ("“Unlicensed product” in all Office programs", "Office says that it is not activated", "Products deactivated on my PC"),
        (
            "Word and Excel show “Unlicensed product” and I can only read. I have to finish {thing} today.",
            "All Office programs say that they are deactivated. My licence was fine on Friday.",
        ),
        (
            "Your licence is in order. The computer is signed in with a former account; I will sign it out of that from here.",
            "I can see six devices on your account. I have removed two old ones, please start Word again.",
        ),
        (
            "Activated again on this computer.",
            "Everything is activated and the old devices are gone from the list.",
        ),
    ),
    Topic(
        "microsoft-365-apps", FAULT,
        ("Office update fails with error 30088", "Apps will not update", "Update stuck since the weekend"),
        (
            "The Office update has failed {n} times with the same error. Some of us have it, some not.",
            "On {n} of our computers the update hangs at 90 %. They are slow all day because of it.",
        ),
        (
            "I have the log from one of the computers. It looks like a fault of the current channel; I am asking Microsoft.",
            "I have put those computers on the previous build for now, so that you can work.",
        ),
        (
            "Microsoft has published the corrected build and your computers have it.",
            "The repaired update went through on all of them overnight.",
        ),
        note="Microsoft case opened, they confirm a regression in the channel.",
        microsoft=True,
    ),
    Topic(
        "exchange", FAULT,
        ("Mail arrives hours late", "Delay with incoming mail", "Messages from outside are delayed"),
        (
            "Mail from outside arrives with two or three hours’ delay since noon. Internal mail is quick.",
            "{who} sent me something at nine and it came at half past eleven. That happens to all of us today.",
        ),
        (
            "I see the delay in the message trace. It is on Microsoft’s side, and I have opened a case with them.",
            "Your tenant is one of those touched by an incident at Microsoft. I keep you posted here.",
        ),
        (
            "Microsoft reports the incident as ended, and the trace shows normal times since this morning.",
            "Back to normal. Nothing was lost, it only came late.",
        ),
        microsoft=True,
    ),
    Topic(
        "third-party-addin", FAULT,
        ("The {thing} add-in in Outlook crashes", "Add-in of another maker no longer loads"),
        (
            "The add-in for {thing} makes Outlook crash at the start. Its maker says to ask you.",
            "Since the new version the {thing} button is gone from Word. Can you bring it back?",
        ),
        (
            "I am sorry: that add-in is another maker’s product and not one of the Microsoft products that our support covers (HLP-2). "
            "Outlook itself is in order. I can offer you a quote for looking into it, if you wish.",
        ),
        ("",),
        declined=True,
    ),
    Topic(  # tickets.demo.spam gives these their reports, by their subjects
        "exchange", ASK, tuple(f"Suspicious mail: {subject}" for subject in MAIL_SUBJECTS),
        ("I report a suspicious mail. It went to several of us, and nobody expected it.",),
        ("Thank you for reporting it. I have looked at the mail; the verdict stands beside this request.",),
        ("Everybody has dealt with it. Thank you for reporting it.",),
    ),
)  # fmt: skip
