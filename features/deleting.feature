Feature: Forgetting a contact
  Whoever asks to be forgotten is forgotten: every copy of what they wrote, and of who they are.

  Background:
    Given Bia works at the shop "Casa Verde"
    And Bia connected her accounts

  Scenario: Ana asks to be forgotten
    Given Ana wrote to the Page "Casa Verde" "Moro na rua 7"
    And Rui wrote to the Page "Casa Verde" "Tem bolo?"
    When Bia has Ana deleted
    Then Ana is in no list of Bia's
    And "Moro na rua 7" is nowhere any more
    And Bia sees "Tem bolo?" from Rui

  Scenario: What Ana said in public goes as well
    Given Ana wrote to the Page "Casa Verde" "Oi"
    And Ana commented to the Page "Casa Verde" "Moro na rua 7" 1 days ago
    When Bia has Ana deleted
    Then "Moro na rua 7" is nowhere any more

  Scenario: Meta repeats what it told before
    Given Ana wrote to the Page "Casa Verde" "Moro na rua 7"
    And Bia has had Ana deleted
    When Meta tells of Ana's message once more
    Then "Moro na rua 7" is nowhere any more
    And Ana is in no list of Bia's

  Scenario: What was said before is read back once more
    Given Ana wrote to the Page "Casa Verde" "Moro na rua 7"
    And Bia has had Ana deleted
    When the service is back
    Then Ana is in no list of Bia's
    And "Moro na rua 7" is nowhere any more

  Scenario: Ana writes again
    Given Ana wrote to the Page "Casa Verde" "Moro na rua 7"
    And Bia has had Ana deleted
    When Ana writes to the Page "Casa Verde" "Oi de novo"
    Then Bia sees "Oi de novo" from Ana
    And "Moro na rua 7" is nowhere any more

  Scenario: An agent who only answers may not delete
    Given Ana wrote to the Page "Casa Verde" "Oi"
    When Caio, who may only read and answer, has Ana deleted
    Then that is refused, as it takes another permission
    And Bia sees "Oi" from Ana
