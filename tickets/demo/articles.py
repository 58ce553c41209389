"""Knowledge articles of the demo: what is asked often about Microsoft 365, by the real actions."""

from dataclasses import replace
from datetime import timedelta

from portal.demo.ground import Ground
from portal.models import Client
from portal.queries.people import contract_day
from tickets.actions.articles import Words, change_article, move_article, write_article
from tickets.rules.articles import ArticleState, Audience, Category

MAILBOX = """A shared mailbox, such as info@ or accounts@, is read by several people without a password of its own.

# In Outlook on the computer
1. Close Outlook and open it again: a mailbox that we gave you access to appears by itself within an hour.
2. It stands in the list of folders on the left, below your own mailbox.
3. If it is not there after an hour, choose **File**, **Account Settings**, **Change**, **More Settings**, **Advanced**, then **Add**.

# In the browser
Open https://outlook.office.com, right-click **Folders** and choose **Add shared folder or mailbox**.

> To write as the shared mailbox, choose **From** above the address and pick it. If you may read but not write, ask us: a manager must agree.
"""
FULL = """When a mailbox is full, nothing more can be sent, and later nothing arrives.

# What to do first
- Empty **Deleted Items** and **Junk Email**: right-click the folder, then **Empty**.
- Sort **Sent Items** by size and delete what has large files that are kept elsewhere.
- Send large files as a link from OneDrive instead of attaching them.

# If that is not enough
Ask us for an archive. Old mail then moves there by itself and stays searchable. Nothing is deleted without your word.
"""
PHONE = """The app **Microsoft Authenticator** proves that it is you who signs in. A new phone does not know this by itself.

# While you still have the old phone
1. On the computer, open https://aka.ms/mysecurityinfo and sign in with the old phone.
2. Choose **Add sign-in method**, then **Authenticator app**.
3. Install the app on the new phone and scan the square code on the screen.
4. Remove the old phone from the list.

# If the old phone is lost
Do not try again and again: the account would be locked. Ask for help here; we check who you are by a call to a number that we know.

> We never ask you for a code from the app, neither by phone nor by mail. Whoever does is not us.
"""
TEAMS = """# People cannot hear you
1. In the meeting choose **More**, **Settings**, **Device settings**.
2. Under **Microphone** pick the one that you speak into. The bar beside it moves when you talk.
3. If it does not move, another programme holds the microphone: close it, or restart the computer.

# You cannot hear the others
Pick your headset under **Speaker** and press **Make a test call**.

# It still does not work
Join by the browser instead of the app for this meeting, and tell us afterwards. A picture of the device settings helps us most.
"""
RESTORE = """Files in OneDrive and SharePoint can be brought back by yourself for 93 days.

# A file that was deleted
Open the library in the browser, choose **Recycle bin** on the left, tick the file and press **Restore**.

# A file that was changed by mistake
Right-click the file and choose **Version history**. Open a version to look at it; **Restore** makes it the newest again, and the others stay.

After 93 days, or if many files changed at once, ask us before you do anything else.
"""
SCANNER = """The scanner in your reception sends by mail and needs an entry for each new address.

1. Send us the name and the address of the person.
2. We add them and make a test scan with you on the phone.

Colour scans of more than twenty pages are too large for mail: choose **To folder** on the scanner.
"""
SPOOF = """Only for us: before an account is unlocked after a lost phone.

1. Call back to the number in the client's record, never to one that the caller gives.
2. Write the identity check down on the request **before** the reset.
3. Two tries failed? Ask a manager of the client for a yes; do not bend the rule for somebody in a hurry.
"""

ARTICLES = (
    (MAILBOX, "Open a shared mailbox in Outlook", Category.MAIL, "info mailbox, accounts mailbox, access", Audience.CLIENTS, 180),
    (FULL, "My mailbox is full", Category.MAIL, "quota, storage, cannot send, archive", Audience.CLIENTS, 120),
    (PHONE, "New phone: move your sign-in app", Category.SIGN_IN, "mfa, authenticator, code, lost phone", Audience.CLIENTS, 90),
    (TEAMS, "No sound in a Teams meeting", Category.MEETINGS, "microphone, headset, speaker, call", Audience.CLIENTS, -1),
    (RESTORE, "Bring back a deleted or changed file", Category.FILES, "onedrive, sharepoint, restore, recycle bin, version", Audience.CLIENTS, 200),
    (SCANNER, "Add a person to your scanner", Category.DEVICES, "scan, scan to mail, reception", Audience.CHOSEN, 365),
    (SPOOF, "Unlocking an account after a lost phone", Category.SIGN_IN, "identity check, call back", Audience.STAFF, 60),
)  # fmt: skip


def write_articles(ground: Ground) -> None:
    """Six that are published, one of them for one client; one for staff alone, one changed since, one due for a review."""
    megan, hannah, at = ground.actor("megan"), ground.actor("hannah"), ground.at
    harbour = Client.objects.get(slug="harbour-dental")
    for body, title, category, keywords, audience, days in ARTICLES:
        words = Words(
            title=title,
            body=body,
            category=category,
            keywords=keywords,
            audience=audience,
            clients=(harbour.pk,) if audience == Audience.CHOSEN else (),
            owner_id=megan.staff_id or 0,
            review_on=contract_day(at) + timedelta(days=days),
        )
        article = write_article(words, by=megan, at=at)
        move_article(article.pk, ArticleState.PUBLISHED, by=hannah, at=at)
    change_article(article.pk, changed(words), seen=1, by=hannah, at=at)


def changed(words: Words) -> Words:
    """The last article, as a colleague made it clearer."""
    body = words.body.replace("Two tries failed?", "Two calls without an answer?")
    return replace(words, body=body, note="Clearer third step")
